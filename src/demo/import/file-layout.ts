import { basename, extname } from 'node:path'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { INTERVALS } from '../domain/meters/readings.ts'
import type { Column, Format } from './formats/format.ts'
import { formats } from './formats/index.ts'
import type { Row } from './reading/read-rows.ts'
import { MINUTE, parseTimestamp } from './reading/timestamp.ts'

/** The layout of one file. */
export type Layout = {
  readonly format: Format
  /** How many cells every row has. */
  readonly width: number
  readonly columns: readonly Required<Column>[]
  /** Whether the first row is already data. */
  readonly headless: boolean
  /** Milliseconds between two readings if none is missing. */
  readonly step: number
}

/** The caller's options for the file. */
export type LayoutOptions = {
  readonly file: string
  /** A format's name, for a file whose header does not show it. */
  readonly format?: string
  /** The id of the meter of a file with one; by default its column's header or the file's base name. */
  readonly meter?: string
}

/**
 * Detects a file's layout from its first rows.
 *
 * @param head its first rows, including the header; more rows make the step more reliable
 * @throws InvalidConfiguration if the format cannot be detected, or `meter` is given for a file of several
 */
export function layoutOf(head: readonly Row[], { file, format: name, meter }: LayoutOptions): Layout {
  const header = head[0]?.cells
  if (header === undefined) throw new InvalidConfiguration('FILE', `${file} has no readable header`)
  const format = name === undefined ? recognise(header) : named(name)
  const headless = parseTimestamp(header[0] ?? '') !== undefined
  const found = format.columns(header)
  if (headless && found.some((column) => column.meter !== undefined)) {
    throw new InvalidConfiguration('FILE', `${file} has no header, but the format ${format.name} needs its names`)
  }
  if (header.length < 2 || found.length === 0) {
    throw new InvalidConfiguration('FILE', `${file} has no column of values where the format ${format.name} has them`)
  }
  if (meter !== undefined && found.length > 1) {
    throw new InvalidConfiguration('--meter', `${file} contains ${found.length} meters, each named by its column`)
  }
  return {
    format,
    width: header.length,
    columns: found.map((column) => ({
      index: column.index,
      meter: meter ?? column.meter ?? basename(file, extname(file)),
    })),
    headless,
    // A register may be read anywhere on its grid; an interval is as long as its grid is wide.
    step: format.values === 'intervals' ? format.grid * MINUTE : stepOf(head),
  }
}

function recognise(header: readonly string[]): Format {
  const format = formats.find(({ recognises }) => recognises(header))
  if (format !== undefined) return format
  throw new InvalidConfiguration('--format', `the file's header does not show it; give one of ${names()}`)
}

function named(name: string): Format {
  const format = formats.find((candidate) => candidate.name === name)
  if (format !== undefined) return format
  throw new InvalidConfiguration('--format', `${JSON.stringify(name)} must be one of ${names()}`)
}

const names = (): string => formats.map(({ name }) => name).join(', ')

/** The most common distance between neighbouring rows, of those that a day of readings can have; otherwise an hour. */
function stepOf(head: readonly Row[]): number {
  const times = head.map(({ cells }) => parseTimestamp(cells?.[0] ?? ''))
  const distances = times.map((time, i) => (time ?? Number.NaN) - (times[i - 1] ?? Number.NaN))
  const count = (step: number) => distances.filter((distance) => distance === step).length
  const steps = INTERVALS.map((minutes) => minutes * MINUTE)
  return steps.reduce((best, step) => (count(step) > count(best) ? step : best))
}
