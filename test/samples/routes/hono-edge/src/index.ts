import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { logger } from 'hono/logger';
import books from './books';
import { createAuth } from './auth';
import { models } from './models';

type Bindings = { KV: { get(key: string): string } };

const app = new Hono<{ Bindings: Bindings }>().basePath('/api');

app.use('*', logger());
app.get('/', (c) => c.text(c.env.KV.get('/home')));
app.route('/books', books);
app.route('/auth', createAuth());
app.route('/', models);
app.on(['PUT', 'DELETE'], '/post', (c) => c.text('put or delete'));
app.get('/posts/:date{[0-9]+}/*', (c) => c.text(c.req.header('/x') ?? ''));

serve(app);
export default app;
