'use strict'

async function byId (instance) {
  const schema = { get: (path) => path }
  schema.get('/schema', () => {})
  instance.delete('/', async () => 'gone')
  instance.get('/history/*', { schema }, async () => [])
}

module.exports = { byId }
