import { z } from 'zod'

/** The media type of a contract. */
export const PDF = 'application/pdf'

/** The largest contract, in bytes: 5 MiB. */
export const CONTRACT_LIMIT = 5 * 1024 * 1024

// Of other files that are renamed, only a few begin like this by chance; a reader of PDFs says what else is wrong.
const BEGINNING = Buffer.from('%PDF-')

/** The body of a request that files a contract. */
export const pdfSchema = z
  .custom<Buffer>((body) => Buffer.isBuffer(body), 'must be a PDF')
  .refine((body) => body.subarray(0, BEGINNING.length).equals(BEGINNING), 'must be a PDF, which begins with %PDF-')
