/** A whole number from 0 in decimal, without leading zeros, as C2SP writes it; undefined if the text is not one. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}
