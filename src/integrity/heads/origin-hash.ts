import { sha256 } from '../merkle/hash.ts'

/** What stands for an origin in paths: SHA-256 in hexadecimal (C2SP, tlog-witness). */
export const originHash = (origin: string): string => Buffer.from(sha256(origin)).toString('hex')
