import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidConfiguration } from '../../../../src/core/errors/input.ts'
import { readRows } from '../../../../src/demo/import/reading/read-rows.ts'
import { tempFile } from './temp-file.ts'

async function rowsOf(content: string | Uint8Array) {
  await using file = await tempFile('readings.csv', content)
  const reader = readRows(file.path)
  const rows = await Array.fromAsync(reader.rows, ({ line, cells }) => [line, cells])
  expect(reader.bytesRead()).toBe(Buffer.byteLength(content))
  return rows
}

describe('readRows', () => {
  it('reads line feeds, carriage returns, blanks, a byte order mark and a last line without an end', async () => {
    expect(await rowsOf('\uFEFFa,b\r\n\r\n 1 ,2\n  \n,\n3,4')).toEqual([
      [1, ['a', 'b']],
      [3, ['1', '2']],
      [5, ['', '']],
      [6, ['3', '4']],
    ])
  })

  it('reads quoted fields', async () => {
    expect(await rowsOf('"a","b, or ""c"""\n"1",2\n')).toEqual([
      [1, ['a', 'b, or "c"']],
      [2, ['1', '2']],
    ])
  })

  it('loses one line to a stray quote, not the rest of the file', async () => {
    expect(await rowsOf('1,"2\n3,4\n5,"6"7\n8,9"\n"10","11"\n')).toEqual([
      [1, undefined],
      [2, ['3', '4']],
      [3, undefined],
      [4, undefined],
      [5, ['10', '11']],
    ])
  })

  it('finds what was written, wherever chunks end', async () => {
    const cell = fc.string({ unit: fc.constantFrom('ä', '"', ',', 'x', '1', '.', ' ', '𝄞'), maxLength: 9 })
    const cells = fc.array(cell, { minLength: 2, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 20 }), fc.nat(70_000), async (lines, offset) => {
        const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
        // A first line that long moves the end of the first chunk into the middle of what follows.
        const first = `${'x'.repeat(offset)},1`
        const text = [first, ...lines.map((cells) => cells.map(quote).join(','))].join('\n')
        const rows = await rowsOf(text)
        expect(rows.slice(1).map(([, cells]) => cells)).toEqual(lines)
      }),
      { numRuns: 30 },
    )
  })

  it('gives up on a file that is no text', async () => {
    await expect(rowsOf(new Uint8Array(3_000_000).fill(0x78))).rejects.toThrow(InvalidConfiguration)
  })

  it('says that a file is not there', async () => {
    await expect(readRows('/nowhere/readings.csv').rows.next()).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
