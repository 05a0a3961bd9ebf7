process.on('message', (message) => {
  process.send({ got: message, channel: process.env.NODE_CHANNEL_FD })
  process.disconnect()
})
