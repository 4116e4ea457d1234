export { SERIES, type SeriesName } from '../../operations/model/series.ts'
