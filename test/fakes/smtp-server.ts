import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

/** What goes wrong with letters from now on. */
export type SmtpFault = "none" | "refuse" | "later" | "slow" | "drop_reply";

export interface TakenMail {
  readonly messageId: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly raw: string;
}

/** An SMTP server that keeps a ledger of what it took, also when its reply never arrived. */
export interface FakeSmtpServer {
  readonly url: string;
  readonly taken: readonly TakenMail[];
  fault: SmtpFault;
  close(): Promise<void>;
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

export async function startSmtpServer(): Promise<FakeSmtpServer> {
  const taken: TakenMail[] = [];
  const fake = { fault: "none" as SmtpFault };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    closeTimeout: 1,
    logger: false,
    onRcptTo(address, _session, done) {
      if (fake.fault === "refuse") return done(reply(550, `5.1.1 ${address.address} is unknown here`));
      if (fake.fault === "later") return done(reply(451, "4.7.1 Come back later"));
      done();
    },
    async onData(stream, session, done) {
      const raw = await text(stream);
      taken.push({
        messageId: /^message-id:\s+<(.*)>\r?$/im.exec(raw)?.[1] ?? "",
        sender: session.envelope.mailFrom ? session.envelope.mailFrom.address : "",
        recipients: session.envelope.rcptTo.map(({ address }) => address),
        raw,
      });
      // The letter is taken; whoever sent it does not hear of it in time, or at all.
      if (fake.fault === "slow") return;
      if (fake.fault === "drop_reply") return closeConnections();
      done();
    },
  });
  const closeConnections = () => {
    for (const connection of server.connections) connection.close();
  };
  server.on("error", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return Object.assign(fake, {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  });
}
