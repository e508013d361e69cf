import type { Transporter } from "nodemailer";
import type { Channel, Delivery } from "./channel.ts";
import { guardChannel } from "./guard-channel.ts";
import { parseSender, type Written } from "./letter.ts";

const connections = 10; // What a mail server grants one client without asking.
const lettersPerConnection = 500;
const silenceMs = 10_000; // The longest that the server may say nothing.
const wholeMs = 30_000; // A server that says a little all the time is given up too.
const requeues = 1; // Only of letters of which not a byte was sent, when a resting connection proves dead.

export interface SmtpOptions {
  readonly url: string;
  /** `Name <address>`. */
  readonly from: string;
  readonly silenceMs?: number;
}

/**
 * Letters through an SMTP server. A letter has the same Message-ID whenever it is sent, so that one whose reply was
 * lost can be known as the same by those who receive it twice.
 */
export function smtpChannel(options: SmtpOptions): Channel {
  const sender = parseSender(options.from);
  const longestSilenceMs = options.silenceMs ?? silenceMs;
  let transport: Promise<Transporter> | undefined;

  // Loaded with the first letter: a process that sends none does not pay for it.
  async function open(): Promise<Transporter> {
    const { createTransport } = await import("nodemailer");
    return createTransport({
      url: options.url,
      pool: true,
      maxConnections: connections,
      maxMessages: lettersPerConnection,
      maxRequeues: requeues,
      connectionTimeout: longestSilenceMs,
      greetingTimeout: longestSilenceMs,
      socketTimeout: longestSilenceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  const channel: Channel = {
    name: "smtp",
    sender,
    async send(letter) {
      if (!isPlainAddress(letter.recipient))
        return { outcome: "failed", reason: "The address is none that mail can go to." };
      transport ??= open();
      const opened = await transport;
      return opened.sendMail(messageOf(letter)).then(() => ({ outcome: "sent" }), deliveryOf);
    },
    async close() {
      (await transport)?.close();
    },
  };
  return guardChannel(channel, { quickRetries: 0 });
}

// One address, and nothing that a mail program could read as a second one, a name or a new line.
const plainAddress = /^[^\s<>()[\],;:"\\@\p{Cc}]+@[^\s<>(),;"\\@\p{Cc}]+$/u;

function isPlainAddress(address: string): boolean {
  return plainAddress.test(address);
}

function messageOf(letter: Written) {
  return {
    messageId: `<${letter.messageId}>`,
    from: { name: letter.sender.name, address: letter.sender.address },
    to: { name: "", address: letter.recipient },
    envelope: { from: letter.sender.address, to: [letter.recipient] },
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": letter.locale },
    signal: AbortSignal.timeout(wholeMs),
  };
}

interface SmtpError {
  readonly code?: string;
  readonly syscall?: string;
  readonly timeoutType?: string;
  readonly responseCode?: number | false;
  readonly permanent?: boolean;
  readonly message: string;
}

const beforeAnyLetter = new Set(["EDNS", "ETLS", "EAUTH", "ENOAUTH", "EOAUTH2", "EREQUIRETLS", "EPROXY", "ECONFIG"]);
const beforeTheGreeting = new Set(["CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT"]);
const closing = 421;

function deliveryOf(error: SmtpError): Delivery {
  const reason = error.message;
  const refused = error.code === "EENVELOPE" || error.code === "EMESSAGE";
  if (refused && error.permanent === true) return { outcome: "failed", reason };
  if (refused && error.responseCode !== closing) return { outcome: "not_sent", holdup: "letter", reason };
  return hadNoEffect(error) ? { outcome: "not_sent", holdup: "channel", reason } : { outcome: "unknown", reason };
}

/** The server said no, or was never asked. Whatever else ends a connection may have come after the letter. */
function hadNoEffect(error: SmtpError): boolean {
  return (
    typeof error.responseCode === "number" ||
    beforeAnyLetter.has(error.code ?? "") ||
    beforeTheGreeting.has(error.timeoutType ?? "") ||
    error.syscall === "connect"
  );
}
