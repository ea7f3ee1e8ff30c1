import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import fp from 'fastify-plugin';

const users: FastifyPluginAsync = async (app, _opts) => {
  app.get('/:id', async () => ({}));
  app.put('/:id/:rest?', async () => ({}));
};

const sessions: FastifyPluginCallback = (app, _opts, done) => {
  app.delete('/session', async () => ({}));
  done();
};

export const orphan: FastifyPluginAsync = async (app) => {
  app.get('/orphan', async () => ({}));
};

export const sessionsPlugin = fp(sessions, { name: 'sessions' });
export default users;
