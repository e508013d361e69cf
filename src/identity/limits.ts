// What an account may have, and how long its links open something.

export const shortestPassword = 8; // Source: OWASP ASVS 5, 6.2.1.
export const longestPassword = 128; // Source: OWASP ASVS 5, 6.2.9: at least 64; a longer one only costs time.
export const longestName = 100;
export const longestEmail = 254; // Source: RFC 5321, section 4.5.3.1.3.
export const longestToken = 2048;

export const verificationSeconds = 86_400;
export const resetSeconds = 3_600;
export const invitationSeconds = 604_800;

export const mostOrganizations = 20;
export const mostMembers = 100;
export const mostInvitations = 100;
