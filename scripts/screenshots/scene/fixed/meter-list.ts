export { default } from '../projections/meter-list.ts'
