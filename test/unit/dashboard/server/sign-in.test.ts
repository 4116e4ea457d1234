import { expect, test } from 'vitest'
import { OPERATOR, serveForTest, VIEWER } from './serving.ts'

test('the token of an operator or a viewer is swapped for a cookie that scripts and other sites cannot use', async () => {
  await using dashboard = await serveForTest({ label: 'PROD' })
  for (const [token, role] of [
    [OPERATOR, 'operator'],
    [VIEWER, 'viewer'],
  ]) {
    const response = await dashboard.post('/api/session', { token, name: ' Ada ' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ role, name: 'Ada', readOnly: false, label: 'PROD', payloads: 'full' })
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^tidemark-dashboard-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(token)
    const again = await dashboard.get('/api/session', { cookie: cookie.split(';')[0] ?? '' })
    expect(await again.json()).toMatchObject({ role, name: 'Ada' })
  }
})

test('the cookie is for encrypted connections only where the browser has one', async () => {
  await using dashboard = await serveForTest()
  const response = await dashboard.post('/api/session', { token: OPERATOR }, { 'x-forwarded-proto': 'https' })
  expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
})

test('a link with a semicolon in its path adds no attributes to the cookie', async () => {
  await using dashboard = await serveForTest()
  for (const [path, base] of [
    ['/;Domain=evil.example/', '/'],
    ['/admin/;Domain=evil.example;SameSite=None/', '/admin/'],
    ['/admin/x;Path=/;/more/', '/admin/'],
  ]) {
    for (const end of ['', '/end']) {
      const response = await dashboard.post(`${path}api/session${end}`, { token: OPERATOR })
      expect(response.headers.get('set-cookie'), path).toMatch(
        new RegExp(`^[\\w-]+=[\\w-]*; Path=${base}; HttpOnly; SameSite=Strict(; Max-Age=0)?$`),
      )
    }
  }
})

test('a wrong token begins no session', async () => {
  await using dashboard = await serveForTest()
  for (const token of ['', 'wrong', `${OPERATOR} `, OPERATOR.slice(1)]) {
    const response = await dashboard.post('/api/session', { token })
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await response.json()).toMatchObject({ code: 'Unauthenticated' })
  }
})

test('an address that tried ten wrong tokens waits a minute to try another, and locks out no one with the right one', async () => {
  await using dashboard = await serveForTest()
  for (let i = 0; i < 10; i++) expect((await dashboard.post('/api/session', { token: 'wrong' })).status).toBe(401)
  const refused = await dashboard.post('/api/session', { token: 'wrong' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
  expect((await dashboard.get('/api/session', { authorization: `Bearer ${OPERATOR}` })).status).toBe(200)
  expect((await dashboard.post('/api/session', { token: OPERATOR })).status).toBe(200)
  dashboard.clock.advance(59_999)
  expect((await dashboard.post('/api/session', { token: 'wrong' })).status).toBe(429)
  dashboard.clock.advance(1)
  expect((await dashboard.post('/api/session', { token: 'wrong' })).status).toBe(401)
})

test('a session ends after 12 hours without a request', async () => {
  await using dashboard = await serveForTest()
  const cookie = await dashboard.signIn()
  const look = async () => (await dashboard.get('/api/session', { cookie })).status
  dashboard.clock.advance(12 * 3_600_000 - 1)
  expect(await look()).toBe(200)
  dashboard.clock.advance(12 * 3_600_000 - 1)
  expect(await look()).toBe(200)
  dashboard.clock.advance(12 * 3_600_000)
  expect(await look()).toBe(401)
})

test('a session ends when its user signs out, and when the same browser signs in again', async () => {
  await using dashboard = await serveForTest()
  const first = await dashboard.signIn()
  const second =
    (
      (await dashboard.post('/api/session', { token: VIEWER }, { cookie: first })).headers.get('set-cookie') ?? ''
    ).split(';')[0] ?? ''
  expect((await dashboard.get('/api/session', { cookie: first })).status).toBe(401)
  const ended = await dashboard.post('/api/session/end', {}, { cookie: second })
  expect(ended.headers.get('set-cookie')).toMatch(/=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/)
  expect((await dashboard.get('/api/session', { cookie: second })).status).toBe(401)
})

test('a program sends the token with each request, and needs no session', async () => {
  await using dashboard = await serveForTest()
  const answer = await dashboard.get('/api/session', { authorization: `Bearer ${VIEWER}` })
  expect(await answer.json()).toMatchObject({ role: 'viewer', name: 'viewer' })
  expect((await dashboard.get('/api/session', { authorization: 'Bearer wrong' })).status).toBe(401)
})

test.each([
  [{}, 'token must be a text'],
  [{ token: 1 }, 'token must be a text'],
  [{ token: OPERATOR, name: 5 }, 'name must be a text'],
  [{ token: OPERATOR, name: 'x'.repeat(101) }, 'name must be a line'],
  [{ token: OPERATOR, name: 'Ada\u202e' }, 'name must be a line'],
])('signing in with %j is refused', async (body, detail) => {
  await using dashboard = await serveForTest()
  const response = await dashboard.post('/api/session', body)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'InvalidRequest', detail: expect.stringContaining(detail) })
})
