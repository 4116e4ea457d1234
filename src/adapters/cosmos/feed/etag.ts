/** The LSN that an ETag of the change feed names, or undefined where it names none. */
export function lsnOfEtag(etag: string): number | undefined {
  const match = /^"?(\d{1,15})"?$/.exec(etag)
  return match === null ? undefined : Number(match[1])
}

/** The ETag behind which the change feed goes on after an LSN. */
export const etagAfter = (lsn: number): string => (lsn > 0 ? `"${lsn}"` : '')
