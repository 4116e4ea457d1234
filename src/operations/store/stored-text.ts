/** A text as it is stored: without lone surrogates, which no database can encode, and cut where it is too long. */
export function storedText(text: string, most = 1_000): string {
  const well = text.toWellFormed()
  return well.length <= most ? well : `${well.slice(0, most - 1).toWellFormed()}…`
}
