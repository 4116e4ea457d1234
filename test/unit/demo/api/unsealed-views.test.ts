import { expect, it } from 'vitest'
import { build } from '../../../../src/demo/api/build.ts'
import { withSeals } from '../../../../src/integrity/index.ts'
import { openDemo } from '../support.ts'

it('a view whose seal is missing is answered with problem details, which do not say what is stored', async () => {
  const demo = await openDemo()
  const { position } = await demo.register('m1')
  const read = { url: '/meters', headers: { host: 'localhost' } }
  expect(await demo.get(read.url, { 'tidemark-position': position as string })).toMatchObject({ status: 200 })
  const storage = withSeals(demo.storage, { key: new Uint8Array(32) })
  const api = await build({ storage })
  const answer = await api.inject(read)
  expect(answer.statusCode).toBe(500)
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json()).toMatchObject({ code: 'InternalError' })
  expect(answer.body).not.toMatch(/stack|\.ts|postalCode/)
  await api.close()
})
