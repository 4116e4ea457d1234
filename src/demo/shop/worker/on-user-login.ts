import { defineRule, on, setProperty, store } from '../../../rules/index.ts'
import { shopEvents } from '../events.ts'
import { entryOf, timeOf, USER_LOG, userSubject } from '../user.ts'

export default defineRule('on-user-login', on(shopEvents, 'UserLoggedIn'), {
  description: 'Remembers when a user last logged in',
  subject: userSubject,
  then: [setProperty('last_login', ({ event }) => timeOf(event)), store(USER_LOG, ({ event }) => entryOf(event))],
  from: 'start',
})
