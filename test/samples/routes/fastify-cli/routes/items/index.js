'use strict'

const items = new Map()
const { byId } = require('../../lib/by-id')

module.exports = async function (fastify, opts) {
  fastify.get('/', async () => [...items.values()])
  fastify.route({
    method: ['PUT', 'PATCH'],
    url: '/:id',
    handler: async (request) => items.get('/' + request.params.id)
  })
  fastify.register(byId, { prefix: '/:id' })
  // fastify.get('/in-a-comment', async () => {})
}
