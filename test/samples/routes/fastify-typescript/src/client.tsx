import got from 'got';

const server = got.extend({ prefixUrl: 'http://localhost' });

export const View = ({ id }: { id: string }) => {
  void server.get('/api/users', {});
  return <a href="/api/users">{id}</a>;
};
