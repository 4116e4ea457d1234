import { InvalidOption } from '../../core/errors/input.ts'
import { CHUNK, MOST_BITS } from './work-record.ts'

/** How work is done. */
export type MineOptions = {
  /**
   * With how many zero bits a hash must begin, 1 to 128. Each bit doubles the work: 2^32 hashes take a core about an
   * hour, and a graphics card less than a second.
   */
  readonly bits: number
  /** One record for that many blocks; 1 covers each block. By default one for all that there are. */
  readonly every?: number
  /** Threads that search at the same time, 1 by default. On Linux they give way to everything else. */
  readonly threads?: number
  /** Nonces that are claimed at a time, in records that this call begins. 2^28 by default, which is the most. */
  readonly chunk?: number
  /** Milliseconds after which others may search what this process claimed: 30 minutes by default. */
  readonly claimTime?: number
  /** Milliseconds between looks at whether another host has found a nonce: 10,000 by default. */
  readonly poll?: number
  readonly signal?: AbortSignal
  /** Called each second. What it throws or rejects with is ignored. */
  readonly onProgress?: (progress: MineProgress) => void
}

/** How far mining is. */
export type MineProgress = {
  /** The record's number, from 0, the blocks that it covers, and its difficulty. */
  readonly record: number
  readonly size: number
  readonly bits: number
  /** The chunks that this process is searching. */
  readonly chunks: readonly number[]
  /** Hashes that this process has tried for the record, and how many a second at present. */
  readonly hashes: number
  readonly rate: number
}

/** The options that are complete. */
export type CompleteMineOptions = Required<Omit<MineOptions, 'every' | 'signal' | 'onProgress'>> &
  Pick<MineOptions, 'every' | 'signal' | 'onProgress'>

/** The options with their defaults. @throws InvalidOption */
export function completeOptions(options: MineOptions): CompleteMineOptions {
  const complete = { threads: 1, chunk: CHUNK, claimTime: 30 * 60_000, poll: 10_000, ...options }
  within('bits', complete.bits, MOST_BITS)
  within('threads', complete.threads, 1024)
  within('chunk', complete.chunk, CHUNK)
  within('claimTime', complete.claimTime, Number.MAX_SAFE_INTEGER)
  within('poll', complete.poll, Number.MAX_SAFE_INTEGER)
  if (complete.every !== undefined) within('every', complete.every, Number.MAX_SAFE_INTEGER)
  return complete
}

function within(option: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return
  throw new InvalidOption(option, `a whole number from 1 to ${most}`, value)
}
