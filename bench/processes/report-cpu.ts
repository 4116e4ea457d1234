// Loaded before another program (`node --import`): answers the message 'cpu' with the processor time that the process
// has used so far, in microseconds, all of its threads included.
process.on('message', (message) => {
  if (message !== 'cpu') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
