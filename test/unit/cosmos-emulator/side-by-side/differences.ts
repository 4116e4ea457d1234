/** Where the two servers differ: who is wrong by what is documented, and by what. */
export type Difference = { readonly name: string; readonly wrong: 'theirs' | 'nobody'; readonly why: string }

const NOT_KNOWN = 'its query language has none of it: it answers 400 to what the service documents'

/** Every difference that there is. One that is not listed fails the test, and so does one that is gone. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'replace by another id',
    wrong: 'theirs',
    why: 'it looks for the id in the body instead of the one in the address',
  },
  { name: 'replace if anything matches', wrong: 'theirs', why: 'it compares * as if it were an ETag (RFC 9110)' },
  { name: 'read if it is another', wrong: 'theirs', why: 'it knows no If-None-Match, whose answer is 304' },
  {
    name: 'patch: through nothing',
    wrong: 'theirs',
    why: 'the service makes no path up; it sets the last name at the top',
  },
  {
    name: 'batch: replace, upsert, read, delete',
    wrong: 'theirs',
    why: 'its operations want a partition key each, which those of a batch do not have',
  },
  { name: 'batch: a conflict in the middle', wrong: 'theirs', why: 'its batches are not atomic, and say 200' },
  { name: 'batch: nothing stays of one that failed', wrong: 'theirs', why: 'its batches are not atomic' },
  {
    name: 'SELECT * FROM c of ann',
    wrong: 'theirs',
    why: 'its queries pass over the partition key, and answer the whole container',
  },
  { name: 'SELECT VALUE c.id FROM c WHERE STARTSWITH(c.kind, "A", true)', wrong: 'theirs', why: NOT_KNOWN },
  { name: 'SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2', wrong: 'theirs', why: NOT_KNOWN },
  { name: 'SELECT DISTINCT VALUE c.customer FROM c', wrong: 'theirs', why: NOT_KNOWN },
  { name: 'SELECT c.customer, COUNT(1) AS count FROM c GROUP BY c.customer', wrong: 'theirs', why: NOT_KNOWN },
  { name: 'SELECT VALUE c.id FROM c WHERE c.kind LIKE "A%"', wrong: 'theirs', why: NOT_KNOWN },
  {
    name: 'SELECT VALUE c.id FROM c WHERE c.a = @missing',
    wrong: 'nobody',
    why: 'no page says what a parameter is that was not given; ours refuses the query, theirs takes it as undefined',
  },
]
