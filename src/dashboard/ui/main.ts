import { render } from 'preact'
import { startLive } from './live/stream/start.ts'
import { startTheme } from './live/theme.ts'
import { html } from './parts/html.ts'
import { App, loadPagesAhead } from './shell/app.ts'
import { startKeyboard } from './shell/commands/keyboard.ts'
import { markStale } from './shell/mark-stale.ts'
import { openSession } from './shell/open-session.ts'
import { startRouter } from './shell/router.ts'

startTheme()
markStale()
const root = document.getElementById('app')
if (root !== null) render(html`<${App} />`, root)
await openSession()
startRouter()
startKeyboard()
startLive()
loadPagesAhead()
