// Must not be caught: a client is where sockets are opened.
export const answer = fetch("http://127.0.0.1/");
