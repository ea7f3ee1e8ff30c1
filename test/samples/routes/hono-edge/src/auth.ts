import { Hono } from 'hono';

export const createAuth = () => {
  const auth = new Hono();
  auth.post('/login', async (c) => {
    const response = await fetch('/oauth');
    return c.json(response.headers.get('/location'));
  });
  return auth;
};
