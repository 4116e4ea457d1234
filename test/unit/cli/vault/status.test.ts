import { expect, it } from 'vitest'
import { showStatus } from '../../../../src/cli/vault/status.ts'
import type { VaultStatus } from '../../../../src/privacy/index.ts'

const epoch = { epoch: 2, master: 'local:x', since: new Date(0), keys: 2 }
const fine: VaultStatus = { people: 3, forgotten: 1, unfinished: 1, overdue: 0, epochs: [epoch] }

async function shown(status: VaultStatus, json = false) {
  const written: unknown[] = []
  const codes: number[] = []
  await showStatus({
    vault: { status: async () => status },
    json,
    out: { line: async (text) => void written.push(text) },
    tell: async (value) => void written.push(value),
    rows: async (rows) => void written.push(rows.length),
    endWith: (code) => void codes.push(code),
  })
  return { written, codes }
}

it('the status of a vault in which nothing is overdue needs no attention', async () => {
  expect(await shown(fine)).toEqual({
    written: ['3 people have a key, or had one; 1 of them forgotten', 'Unfinished: 1', 1],
    codes: [],
  })
})

it('a vault in which forgetting is overdue needs attention', async () => {
  const { written, codes } = await shown({ ...fine, overdue: 1 })
  expect(written).toContain('Unfinished: 1, 1 OVERDUE: is a worker running?')
  expect(codes).toEqual([5])
  expect(await shown({ ...fine, overdue: 1 }, true)).toEqual({ written: [{ ...fine, overdue: 1 }], codes: [5] })
})

it('the status of a vault says when a rotation is unfinished', async () => {
  const { written } = await shown({ ...fine, people: 1, unfinished: 0, epochs: [{ ...epoch, epoch: 1 }, epoch] })
  expect(written.slice(0, 3)).toEqual([
    '1 person has a key, or had one; 1 of them forgotten',
    'Nothing is left to do',
    'A rotation is unfinished: run tidemark vault rotate again',
  ])
})
