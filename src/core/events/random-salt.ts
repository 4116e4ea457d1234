// Random bytes are drawn, and written as text, for many salts at once, as for event ids. Each has 18 bytes, because
// those make a whole number of letters; the last letter of 16 bytes says only 2 bits.
const STRIDE = 18
const LETTERS = 24
const pool = Buffer.alloc(STRIDE * 256)
let text = ''
let used = 256

/** 16 random bytes as base64url: 22 letters. */
export function randomSalt(): string {
  if (used === 256) {
    crypto.getRandomValues(pool)
    text = pool.toString('base64url')
    used = 0
  }
  const start = used * LETTERS
  const last = 'AQgw'[(pool[used * STRIDE + STRIDE - 1] as number) & 3]
  used++
  return text.slice(start, start + 21) + last
}
