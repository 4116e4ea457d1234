import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Locked = { readonly version?: string; readonly integrity?: string; readonly resolved?: string }

const FILES = [
  'package-lock.json',
  'site/package-lock.json',
  'test/servers/azure-blob/package-lock.json',
  'test/servers/s3/package-lock.json',
]

describe.each(FILES)('%s', (file) => {
  const { packages } = JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }
  const locked = Object.entries(packages).filter(([path]) => path !== '')

  // Those of other platforms, too, which this machine never installs: npm checks what has a hash, and only that.
  test('every locked package is pinned by a hash of what is in it', () => {
    expect(locked.length).toBeGreaterThan(100)
    expect(locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))).toEqual([])
  })

  test('no locked package says where it comes from: that is for the machine that installs it to say', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })
})
