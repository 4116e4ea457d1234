import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forgottenIn } from '../../../../src/cli/vault/forgotten-in.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

async function read(...lines: readonly string[]): Promise<unknown[]> {
  const file = join(tempFolder(), 'forgotten.jsonl')
  await writeFile(file, lines.join('\n'))
  return Array.fromAsync(forgottenIn(file, '--list'))
}

const ada = { person: 'm-1', key: 'AAAAAAAAAAAAAAAAAAAAAA', through: 1 }

describe('a list of people who were forgotten', () => {
  it('is read from events as streams export writes them, among others', async () => {
    const marker = { stream: { id: '$privacy:A', version: 1 }, eventType: '$forgotten', eventData: ada }
    const other = { eventType: 'Registered', eventData: { person: 'm-2' } }
    expect(await read(JSON.stringify(other), JSON.stringify(marker), '')).toEqual([ada])
  })

  it('is read from bare lines', async () => {
    expect(await read(JSON.stringify(ada), JSON.stringify({ ...ada, person: 'm-2', more: true }))).toEqual([
      ada,
      { ...ada, person: 'm-2' },
    ])
  })

  it.each([
    'm-1',
    '{"person":"m-secret"}',
    '{"person":"m-secret","key":"A","through":"1"}',
    '{"eventType":"$forgotten","eventData":null}',
    'null',
    '["m-secret"]',
  ])('is refused by the number of a bad line, which is not repeated: %s', async (line) => {
    const reading = read(JSON.stringify(ada), line)
    await expect(reading).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: '--list' })
    await expect(reading).rejects.toThrow(/line 2 of (?!.*secret)/)
  })

  it('is refused where the file cannot be read', async () => {
    const file = join(tempFolder(), 'missing')
    await expect(Array.fromAsync(forgottenIn(file, '--list'))).rejects.toThrow(
      /--list: .*missing cannot be read: ENOENT/,
    )
  })
})
