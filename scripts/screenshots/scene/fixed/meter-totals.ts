// The next release, with both faults mended.
import { defineTotals } from '../define-totals.ts'

export default defineTotals(Number.POSITIVE_INFINITY)
