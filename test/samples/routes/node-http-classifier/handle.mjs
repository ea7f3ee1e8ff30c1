export async function handle(req, res) {
  const path = req.url.split('?')[0];
  const { method } = req;
  if (method === 'DELETE') {
    if (path === '/models') return res.end();
  }
  switch (`${req.method} ${path}`) {
    case 'PUT /models':
      return res.end();
    case 'not a route':
      return res.end();
  }
  return res.end(await local({ url: '/local', method: 'GET' }));
}

function local(options) {
  if (options.url === '/local') return 'not a route';
  return '';
}
