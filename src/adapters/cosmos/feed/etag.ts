/** The LSN in an ETag of the change feed, or undefined if there is none. */
export function lsnOfEtag(etag: string): number | undefined {
  const match = /^"?(\d{1,15})"?$/.exec(etag)
  return match === null ? undefined : Number(match[1])
}

/** The ETag after which the change feed resumes after an LSN. */
export const etagAfter = (lsn: number): string => (lsn > 0 ? `"${lsn}"` : '')
