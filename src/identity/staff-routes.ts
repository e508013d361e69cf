import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { answerMatched } from "../http/answer-matched.ts";
import { answerOnce, sendAnswer } from "../http/answer-once.ts";
import { answerWithTag } from "../http/match-request.ts";
import { writeJson } from "../http/write-json.ts";
import type { Tx } from "../platform/db.ts";
import { askerOf } from "./asker-of.ts";
import { changeStaffRole, deciderOf, disableStaff, enableStaff } from "./change-staff.ts";
import { inviteStaff } from "./invite-staff.ts";
import { findStaffPage, getStaff } from "./list-staff.ts";
import type { Accounts } from "./open-accounts.ts";
import { InviteStaffBody, PageQuery, StaffListView, StaffRoleBody, StaffView, staffView } from "./staff-view.ts";

const tags = ["Staff"];
const person = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

const StaffParams = Type.Object({ id: Type.String({ description: "The user's id.", examples: [person] }) });

const seen = (id: string) => async (tx: Tx) => staffView(await getStaff(tx, id));

/** Who works here: read by those who may, decided by owners. */
export function staffRoutes({
  db,
  clock,
  secret,
}: Pick<Accounts, "db" | "clock" | "secret">): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get("/api/v2/staff", {
      config: { scope: "staff:read" },
      schema: {
        tags,
        operationId: "listStaff",
        summary: "List who works here, newest first",
        querystring: PageQuery,
        response: { 200: StaffListView },
      },
      async handler({ query }) {
        const { rows, nextCursor } = await findStaffPage(db, query);
        return { data: rows.map(staffView), next_cursor: nextCursor };
      },
    });

    app.get("/api/v2/staff/:id", {
      config: { scope: "staff:read" },
      schema: {
        tags,
        operationId: "getStaffMember",
        summary: "Read one who works here",
        params: StaffParams,
        response: { 200: StaffView },
      },
      handler: async (request, reply) =>
        answerWithTag(request, reply, staffView(await getStaff(db, request.params.id))),
    });

    app.post("/api/v2/staff", {
      config: { scope: "staff:write" },
      schema: {
        tags,
        operationId: "inviteStaffMember",
        summary: "Let somebody work here, by a letter to their address",
        body: InviteStaffBody,
        response: { 201: StaffView },
      },
      async handler(request, reply) {
        const { locale } = askerOf(request);
        const invited = { ...request.body, locale, secret, decider: deciderOf(request) };
        const answer = await answerOnce(db, request, clock, async (tx, now) => {
          return { status: 201, body: writeJson(staffView(await inviteStaff(tx, invited, now))) };
        });
        return sendAnswer(reply, answer);
      },
    });

    app.patch("/api/v2/staff/:id", {
      config: { scope: "staff:write" },
      schema: {
        tags,
        operationId: "changeStaffRole",
        summary: "Give somebody another role, from their next request on",
        params: StaffParams,
        body: StaffRoleBody,
        response: { 200: StaffView },
      },
      async handler(request, reply) {
        const change = { userId: request.params.id, ...request.body, decider: deciderOf(request) };
        const work = async (tx: Tx, now: Date) => staffView(await changeStaffRole(tx, change, now));
        return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(change.userId), work }));
      },
    });

    for (const [verb, act, summary] of [
      ["disable", disableStaff, "Let somebody work here no more, from now on; all their sessions end"],
      ["enable", enableStaff, "Let somebody work here again who was disabled"],
    ] as const) {
      app.post(`/api/v2/staff/:id/${verb}`, {
        config: { scope: "staff:write" },
        schema: {
          tags,
          operationId: `${verb}StaffMember`,
          summary,
          params: StaffParams,
          response: { 200: StaffView },
        },
        async handler(request, reply) {
          const change = { userId: request.params.id, decider: deciderOf(request) };
          const work = async (tx: Tx, now: Date) => staffView(await act(tx, change, now));
          return sendAnswer(reply, await answerMatched(db, request, clock, { seen: seen(change.userId), work }));
        },
      });
    }
  };
}
