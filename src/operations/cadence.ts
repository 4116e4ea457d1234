/**
 * Milliseconds between two snapshots of a storage, and between two reports of a process on it: the longer, the more a
 * read or a write costs.
 *
 * @param kind what the storage's URL begins with
 */
export function cadenceOf(kind: string): { readonly snapshots: number; readonly reports: number } {
  if (/^(https|cosmos)/.test(kind)) return { snapshots: 10_000, reports: 10_000 }
  return { snapshots: kind.startsWith('mongo') ? 2_000 : 1_000, reports: 5_000 }
}
