// Must be caught by sockets-in-clients
import { createTransport } from "nodemailer";
export const sent = createTransport;
