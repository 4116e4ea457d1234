import type { Format } from './format.ts'
import { household } from './household.ts'
import { london } from './london.ts'

/** Every format that the importer reads. */
export const formats: readonly Format[] = [household, london]
