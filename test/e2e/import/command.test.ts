import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStorage } from '../../../src/open/open-storage.ts'
import { runImport } from './run-import.ts'
import { tempFolder } from './temp-folder.ts'

const lines = [
  ',KWH/hh (per half hour) ',
  '2012-10-17 00:00:00,0.1',
  '2012-10-17 00:30:00,0.2',
  '2012-10-18 00:00:00,0.3',
]

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

describe('npm run import', { timeout: 60_000 }, () => {
  it('is the script of the package that these tests run', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(scripts.import).toBe('node --import ./scripts/require-node.mjs src/demo/import/main.ts')
  })

  it('imports a file, names its meter after it, and ends with 0', async () => {
    await using folder = await tempFolder()
    const file = join(folder.path, 'MAC000060.csv')
    await writeFile(file, lines.join('\r\n'))
    const ran = await runImport([file], { TIDEMARK_STORAGE: folder.url })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^1 meter: 2 days added \(4 events appended\), 0 already there, 0 lines refused, in /)
    await using storage = await openStorage(folder.url)
    const { events } = await storage.events.load('meter:MAC000060:2012')
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'MeterRegistered',
      'MeterActivated',
      'MeterReadingsCollected',
      'MeterReadingsCollected',
    ])
    expect(events[2]?.eventData).toEqual({
      date: '2012-10-17',
      interval: 30,
      readings: [
        { timestamp: '2012-10-17T00:00:00Z', value: 0.1 },
        { timestamp: '2012-10-17T00:30:00Z', value: 0.2 },
      ],
    })
  })

  it('reports bad lines on stderr, takes the others, and ends with 3', async () => {
    await using folder = await tempFolder()
    const file = join(folder.path, 'meter.csv')
    await writeFile(file, [...lines, '2012-10-18 00:30:00,none', '2012-10-18 01:00:00,0.4', '2012-10-18'].join('\n'))
    const ran = await runImport([file, '--storage', folder.url, '--meter', '87000001'])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toBe(`${file}:5: 87000001: "none" is not a number\n${file}:7: 1 columns instead of 2\n`)
    expect(ran.stdout).toMatch(/^1 meter: 2 days added \(4 events appended\), 0 already there, 2 lines refused/)
  })

  it('shows its help and ends with 0', async () => {
    const ran = await runImport(['--help'])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    for (const part of ['--meter', '--format', '--storage', 'household', 'london', 'Exit codes']) {
      expect(ran.stdout).toContain(part)
    }
  })

  it.each([
    ['no file', [], /missing required argument/],
    ['an unknown option', ['FILE', '--quickly'], /unknown option/],
    ['two files', ['FILE', 'FILE'], /too many arguments/],
    ['a format that there is not', ['FILE', '--format', 'paris'], /--format: "paris" must be one of/],
    ['an id that cannot be', ['FILE', '--meter', 'a/b'], /--meter: .*contains one of/],
    ['a storage that cannot be', ['FILE', '--storage', 'carrier-pigeon://'], /--storage: must be a URL/],
  ])('ends with 2 for %s, and makes no storage', async (_, args, message) => {
    await using folder = await tempFolder()
    const file = join(folder.path, 'meter.csv')
    await writeFile(file, lines.join('\n'))
    const ran = await runImport(
      args.map((arg) => (arg === 'FILE' ? file : arg)),
      { TIDEMARK_STORAGE: folder.url },
    )
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(message)
    expect(await exists(join(folder.path, 'data'))).toBe(false)
  })

  it('ends with 1 when the file is not there', async () => {
    await using folder = await tempFolder()
    const ran = await runImport([join(folder.path, 'nothing.csv'), '--storage', folder.url])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('ENOENT')
    expect(await exists(join(folder.path, 'data'))).toBe(false)
  })
})
