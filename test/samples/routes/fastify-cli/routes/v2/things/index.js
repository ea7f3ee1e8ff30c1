'use strict'

module.exports = async (fastify) => {
  fastify
    .post('/', async () => 'made')
    .get('/:kind(^\\w+$)', async () => 'one')
}
