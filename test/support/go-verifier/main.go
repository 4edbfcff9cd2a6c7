// Checks a log with Go's own implementation, golang.org/x/mod/sumdb, and nothing of ours.
//
// usage: go-verifier DIR VKEY WITNESS-VKEY OLD-SIZE INDEX
//
// DIR holds `checkpoint` (the signed note), `old-checkpoint`, `entry` (the bytes at INDEX), `inclusion` and
// `consistency` (our proofs, one base64 hash a line) and `tile/...` (our tiles). Prints "ok" or the first thing that
// is wrong.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := verify(os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

func verify(args []string) error {
	if len(args) != 5 {
		return errors.New("usage: go-verifier DIR VKEY WITNESS-VKEY OLD-SIZE INDEX")
	}
	dir := args[0]
	oldSize, err := strconv.ParseInt(args[3], 10, 64)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(args[4], 10, 64)
	if err != nil {
		return err
	}
	logKey, err := note.NewVerifier(args[1])
	if err != nil {
		return fmt.Errorf("log key: %w", err)
	}
	witness, err := newWitness(args[2])
	if err != nil {
		return fmt.Errorf("witness key: %w", err)
	}
	tree, err := openCheckpoint(filepath.Join(dir, "checkpoint"), 2, logKey, witness)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	old, err := openCheckpoint(filepath.Join(dir, "old-checkpoint"), 1, logKey)
	if err != nil {
		return fmt.Errorf("old checkpoint: %w", err)
	}
	if old.N != oldSize {
		return fmt.Errorf("old checkpoint has size %d", old.N)
	}
	return verifyProofs(dir, tree, old, index)
}

func verifyProofs(dir string, tree, old tlog.Tree, index int64) error {
	entry, err := os.ReadFile(filepath.Join(dir, "entry"))
	if err != nil {
		return err
	}
	inclusion, err := readProof(filepath.Join(dir, "inclusion"))
	if err != nil {
		return err
	}
	consistency, err := readProof(filepath.Join(dir, "consistency"))
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(inclusion, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	if err := tlog.CheckTree(consistency, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	// From our tiles alone, authenticated against the root, Go must reach the very same proofs.
	reader := tlog.TileHashReader(tree, tiles{dir})
	own, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if !same(own, inclusion) {
		return errors.New("inclusion proof differs from Go's")
	}
	ownTree, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if !same(ownTree, consistency) {
		return errors.New("consistency proof differs from Go's")
	}
	return nil
}

func same(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// tlog.ParseTree takes only the checksum database's own first line, so the three lines are read here.
func openCheckpoint(path string, signers int, keys ...note.Verifier) (tlog.Tree, error) {
	signed, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(keys...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != signers {
		return tlog.Tree{}, fmt.Errorf("%d known signatures, want %d", len(opened.Sigs), signers)
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) != 4 || lines[0] != keys[0].Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func readProof(path string) ([]tlog.Hash, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var proof []tlog.Hash
	for _, line := range strings.Fields(string(text)) {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	return proof, nil
}

type tiles struct{ dir string }

func (tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		// Go's path names the height, C2SP's does not.
		read, err := os.ReadFile(filepath.Join(t.dir, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// A cosignature/v1 verifier (C2SP tlog-cosignature, type 0x04), which x/mod does not bring.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed")
	}
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != 4 {
		return nil, errors.New("malformed")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), typed...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("wrong id")
	}
	return &witness{parts[0], hash, typed[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	var signed bytes.Buffer
	fmt.Fprintf(&signed, "cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature[:8]))
	signed.Write(text)
	return ed25519.Verify(w.key, signed.Bytes(), signature[8:])
}
