import { randomInt } from 'node:crypto'
import { describe, it } from 'vitest'
import { surviveKilledWriters } from '../../support/crash/killed-writers.ts'
import { open, tempFolder } from '../../support/embedded/folders.ts'

const ROUNDS = 20
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))

describe(`a folder whose writers are killed ${ROUNDS} times in a row`, () => {
  it.each([1, 2])(
    'has all that was acknowledged, whole and in order, with %i at once',
    async (writers) => {
      const folder = tempFolder()
      const storage = await open(folder, { ranges: 2 })
      await surviveKilledWriters(storage, `file:${folder}`, { writers, rounds: ROUNDS, seed })
    },
    120_000,
  )
})
