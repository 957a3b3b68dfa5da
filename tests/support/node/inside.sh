# The first process of a node's namespaces (of mounts, network and processes): all others end with it. Its folder is $1.
set -eu
cd "$1"
. ./settings

# In the mount namespace alone: folders that containerd, the CNI plugins and the kubelet use where they always are.
mount -t tmpfs run /run
mount -t tmpfs data data
# The size that the node says it has. Fargate's nodes are as large as their pod; this machine may be smaller than all.
mount -t tmpfs none /sys/devices/system/node
mount -t tmpfs none /sys/devices/system/cpu
for cpu in $(seq 0 $((CPUS - 1))); do
  mkdir -p "/sys/devices/system/cpu/cpu$cpu/topology"
  echo "$cpu" > "/sys/devices/system/cpu/cpu$cpu/topology/core_id"
  echo 0 > "/sys/devices/system/cpu/cpu$cpu/topology/physical_package_id"
done
sed "s/^MemTotal:.*/MemTotal: $((MEMORY_GIB * 1024 * 1024)) kB/" /proc/meminfo > /run/meminfo
mount --bind /run/meminfo /proc/meminfo
# What a kubelet sets on its machine: it finds it as it wants it, and changes nothing of the real one.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=/run/$(echo "${setting%=*}" | tr / .)
  echo "${setting#*=}" > "$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done

ip link set lo up
ip address add "$NODE_ADDRESS/32" dev lo
echo 1 > /proc/sys/net/ipv4/ip_forward
echo network > progress

run() {
  name=$1
  shift
  { code=0; "$@" > "$name.log" 2>&1 || code=$?; echo "$name ended with $code" >> died; } &
}

run containerd containerd --config "$PWD/containerd.toml"
until ctr version > /dev/null 2>&1; do sleep 0.1; done
ctr --namespace k8s.io images import images.tar > import.log 2>&1
run kubelet kubelet --config=kubelet.yaml --kubeconfig=kubeconfig --root-dir="$PWD/data/kubelet" --cert-dir="$PWD/data/pki" \
  --hostname-override="$NODE_NAME" --node-labels="$NODE_LABELS" --cloud-provider=external
run kube-proxy kube-proxy --config=kube-proxy.yaml --hostname-override="$NODE_NAME"
run coredns coredns -conf Corefile
if [ "$METRICS_PORT" ]; then
  # It asks the kubelet every 10 seconds, the least that it allows.
  run metrics-server metrics-server --secure-port="$METRICS_PORT" --bind-address=127.0.0.1 --cert-dir="$PWD/data/metrics" \
    --kubeconfig=kubeconfig --authentication-kubeconfig=kubeconfig --authorization-kubeconfig=kubeconfig \
    --kubelet-preferred-address-types=InternalIP --kubelet-use-node-status-port --kubelet-insecure-tls --metric-resolution=10s \
    --kubelet-request-timeout=5s
fi
echo started > progress
wait
