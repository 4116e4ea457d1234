import { defineAreas } from '../define-areas.ts'

export default defineAreas('12345678')
