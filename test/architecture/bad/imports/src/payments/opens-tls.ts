// Must be caught by sockets-in-clients: the old spelling of a built-in module.
import { connect } from "tls";
export const opened = connect;
