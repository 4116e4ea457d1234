import { defineTotals } from '../define-totals.ts'

export default defineTotals(1000)
