import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { count } from '../../unit/processor/versions/support.ts'
import { workshop } from './run-cli.ts'

test('a log that holds everything is left as it is, and one that is not there is not made', async () => {
  await using shop = await workshop()
  expect(await shop.run(['log', 'accept', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^InvalidConfiguration: TIDEMARK_STORAGE: .+ contains no storage/),
  })
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await count(storage, 'a:1', 3)
  expect(await shop.run(['log', 'accept'])).toMatchObject({
    code: 0,
    stdout: 'The log holds everything that was derived from it: nothing to accept, nothing changed.\n',
    stderr: '',
  })
  const answer = await shop.json(['log', 'accept', '--yes'])
  expect(answer).toEqual({ accepted: false, incarnation: storage.incarnation })
}, 60_000)
