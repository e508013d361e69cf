// Must be caught by sockets-in-clients
import { connect } from "node:net";
export const opened = connect;
