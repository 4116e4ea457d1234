// The next release, with both faults mended.
import { defineAreas } from '../define-areas.ts'

export default defineAreas('0123456789')
